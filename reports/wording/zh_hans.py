"""简体中文, for sellers in China. Terms as Chinese platforms and lawyers write them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from core import korean
from reports.wording.base import (
    COUNTERFEIT_GROUNDS,
    SEOUL_NAME,
    GroundWords,
    Headings,
    Offered,
    Periods,
    PolicyWords,
    StageWords,
    Wording,
    in_zone,
    last_moment,
    other_clock,
)

_WEEKDAYS: Final = "一二三四五六日"


class SimplifiedChinese(Wording):
    """您 throughout; 假冒商品 for counterfeits, 说明 for an explanation, 申诉 for an appeal."""

    code = "zh-hans"

    grounds = {
        "counterfeit": GroundWords(
            "假冒商品（依特征确认）",
            "商品未经授权使用注册商标，且图片或说明显示出与正品的差异。",
        ),
        "nonexistent_model": GroundWords("不存在的型号", "将权利人从未生产过的型号、颜色或种类作为该品牌商品销售。"),
        "test_purchase": GroundWords("经试购确认的假冒商品", "经实际购买，由权利人或独立机构认定为假冒的商品。"),
        "trademark_use": GroundWords("擅自使用商标", "未经授权，在相同或类似商品上使用与注册商标相同或近似的标识。"),
        "design": GroundWords("侵犯外观设计权", "未经授权销售与注册外观设计相同或近似的商品。"),
        "copyright": GroundWords(
            "侵犯著作权", "未经许可使用照片、图画、文字等作品。适用韩国《著作权法》第103条的程序。"
        ),
        "dead_copy": GroundWords(
            "模仿商品形态",
            "模仿首次销售未满三年的商品的形态（韩国《不正当竞争防止法》第2条第1号“자”目）。",
        ),
        "patent": GroundWords("侵犯专利权", "未经授权实施注册专利的商品。"),
        "utility_model": GroundWords("侵犯实用新型权", "未经授权实施注册实用新型的商品。"),
        "trade_secret": GroundWords("侵犯商业秘密", "不正当使用商业秘密制造的商品。"),
        "publicity_right": GroundWords("擅自使用肖像或姓名", "未经许可将知名人士的肖像、姓名等用于商业。"),
    }
    policies = {
        "counterfeit_sale": PolicyWords(
            "禁止销售假冒商品",
            "卖家不得上架或销售未经授权使用他人注册商标的商品。有具体依据怀疑为假冒商品时，将临时限制销售，并听取卖家的说明。",
        ),
        "nonexistent_model": PolicyWords(
            "禁止销售不存在的型号", "不得将权利人从未生产过的商品标示为该品牌商品进行销售。"
        ),
        "test_purchase": PolicyWords(
            "禁止销售经试购确认的假冒商品",
            "经试购确认为假冒的商品不得销售。最终决定之前的处罚须经两人批准。",
        ),
        "trademark_use": PolicyWords(
            "禁止擅自使用商标",
            "未经授权，不得在商品名称、说明或图片中使用与注册商标相同或近似的标识。正品转售以及为说明兼容性所必需的标示除外。",
        ),
        "design": PolicyWords("禁止侵犯外观设计权", "未经授权，不得销售与注册外观设计相同或近似的商品。"),
        "copyright": PolicyWords("禁止擅自使用作品", "未经许可，不得在商品页面中使用他人的照片、图画、文字等作品。"),
        "dead_copy": PolicyWords("禁止模仿商品形态", "不得销售模仿他人商品形态的商品。"),
        "patent": PolicyWords("禁止侵犯专利权", "不得销售未经授权实施专利的商品。"),
        "utility_model": PolicyWords("禁止侵犯实用新型权", "不得销售未经授权实施实用新型的商品。"),
        "trade_secret": PolicyWords("禁止侵犯商业秘密", "不得销售不正当使用商业秘密制造的商品。"),
        "publicity_right": PolicyWords(
            "禁止擅自使用肖像或姓名", "未经许可，不得在商品或商品页面中使用他人的肖像、姓名等。"
        ),
    }
    kinds = {
        "interim_restriction": "临时限制销售",
        "upheld": "确定停止销售",
        "reinstated": "恢复销售",
        "dismissed": "驳回举报",
        "returned": "退回举报",
        "transferred": "移送",
        "duplicate": "重复举报",
        "withdrawn": "撤回举报",
        "undone": "撤销决定",
    }
    findings = {
        "counterfeit_confirmed": "确认为假冒商品。",
        "other_infringement": "不属于假冒商品，但确认侵犯了权利。",
        "not_infringing": "判断未侵犯权利。",
        "inconclusive": "仅凭已提交的材料，无法判断是否侵权。",
    }
    effects = {
        "listing.restrict": "临时限制该商品的销售。",
        "listing.remove": "停止该商品的销售。",
        "listing.reinstate": "解除相应的销售限制。",
        "fingerprint.keep": "监测相同商品是否再次上架。",
        "seller.strike": "对店铺记违规扣分。",
        "seller.suspend": "在一定期间内暂停店铺销售。",
        "seller.close": "关闭店铺。",
        "payout.hold": "暂缓货款结算。",
        "buyers.invite": "通知购买过该商品的其他买家可申请退款。",
        "recourse.open": "可就已退还买家的款项向卖家追偿。",
    }
    repairs = {
        "listing.reinstate": "已解除商品的销售限制。",
        "listing.restrict": "已解除商品的销售限制。",
        "listing.remove": "已取消商品的停止销售。",
        "fingerprint.keep": "该商品的资料不再用于监测再次上架。",
        "seller.strike": "已取消违规扣分。",
        "seller.suspend": "已取消店铺的暂停销售。",
        "seller.close": "已取消店铺的关闭。",
        "payout.hold": "已解除暂缓结算。",
        "buyers.invite": "将向此前收到通知的买家告知决定已变更。",
        "recourse.open": "已取消对退款金额的追偿。",
        "record": "已更正举报准确度的记录。",
    }
    claims = {
        "genuine": "商品为正品，可证明流通渠道",
        "parallel_import": "商品为平行进口的正品",
        "authorised": "已获得权利人的许可",
        "not_infringing": "不构成侵权",
        "corrected": "已纠正错误",
        "other": "其他说明",
    }
    documents = {
        "invoice": "交易明细或发票",
        "import_declaration": "进口报关单",
        "authorisation": "销售授权证明",
        "photo": "照片",
        "capture": "页面截图",
        "other": "其他材料",
    }
    stages = {
        "received": StageWords("已受理", "举报已受理，工作人员即将审核。"),
        "under_review": StageWords("审核中", "工作人员正在审核举报内容。"),
        "more_info_requested": StageWords("要求补充", "已要求举报人补充材料，正在等待答复。"),
        "restricted": StageWords("限制销售", "在作出最终决定之前，临时限制销售。"),
        "explanation_requested": StageWords("要求说明", "已要求卖家作出说明，正在等待答复。"),
        "explanation_review": StageWords("说明审核中", "工作人员正在审核卖家的说明。"),
        "upheld": StageWords("停止销售", "举报成立，已确定停止销售。"),
        "reinstated": StageWords("恢复销售", "已解除销售限制。"),
        "dismissed": StageWords("驳回", "经审核，举报未被采纳。"),
        "closed": StageWords("结案", "处理完毕。"),
        "returned": StageWords("退回", "因不符合要求，举报已退回。"),
        "withdrawn": StageWords("撤回", "举报已撤回。"),
        "transferred": StageWords("移送", "已移送其他程序处理。"),
        "duplicate": StageWords("重复", "与内容相同的其他举报一并处理。"),
    }
    rights = {
        "trademark": "商标权",
        "design": "外观设计权",
        "copyright": "著作权",
        "patent": "专利权",
        "utility_model": "实用新型权",
        "unregistered": "未注册标识（不正当竞争）",
    }
    zones = {
        "Asia/Shanghai": "北京时间",
        "Asia/Urumqi": "乌鲁木齐时间",
        "Asia/Hong_Kong": "香港时间",
        "Asia/Seoul": "韩国时间",
    }
    headings = Headings(
        listing="被限制的商品",
        rights_holder="权利人",
        ground="事由",
        clause="依据条款",
        facts="确认的事实",
        reasoning="决定理由",
        detection="发现方式与决定方式",
        restriction="限制内容与期限",
        contest="异议方式与期限",
    )
    final_headings = replace(headings, listing="相关商品", restriction="决定内容与期限")
    fields = {"title": "标题", "description": "说明"}

    def day(self, day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"

    def moment(self, moment: datetime, zone: str = SEOUL_NAME) -> str:
        local = in_zone(moment, zone)
        return f"{self.day(local.date())}{local:%H:%M}"

    def deadline(self, bound: datetime, zone: str = SEOUL_NAME) -> str:
        last, other = last_moment(bound), other_clock(bound, zone)
        there = f"，即{self.zone(zone)}{self.day(other.day)}{other.time}" if other else ""
        return f"{self.day(last.day)}{last.time}前（韩国时间{there}）"

    def zone(self, zone: str) -> str:
        return self.zones.get(zone, f"当地时间（{zone}）")

    def money(self, minor: int, currency: str) -> str:
        return f"{minor:,}韩元" if currency == "KRW" else korean.money(minor, currency)

    def business_days(self, count: int) -> str:
        return f"{count}个工作日"

    def days(self, count: int) -> str:
        return f"{count}天"

    def months(self, count: int) -> str:
        return f"{count}个月"

    def counted(self, label: str, count: int) -> str:
        return f"{label}{count}份"

    def pictures_alike(self, places: Sequence[int]) -> str:
        which = "、".join(f"第{place}张" for place in places)
        return f"商品图片（{which}）与权利人登记的品牌资料相同或非常相似。"

    def names_found(self, field: str, found: Sequence[tuple[str, str]], more: int) -> str:
        shown = "、".join(f"“{as_written}”（“{name}”）" for as_written, name in found)
        return f"商品{self.fields[field]}中含有指向品牌名称的写法：{shown}{_more(more)}。"

    def code_words_found(self, field: str, found: Sequence[str], more: int) -> str:
        shown = "、".join(f"“{word}”" for word in found)
        return f"商品{self.fields[field]}中含有常用于指代假冒商品的用语：{shown}{_more(more)}。"

    def price_is_low(self) -> str:
        return "销售价格明显低于该品牌商品的通常价格。"

    def reported(self, count: int, *, by_rights_holder: bool) -> str:
        if by_rights_holder:
            return "权利人举报该商品侵犯其权利。"
        return f"已收到{count}件针对该商品的举报。"

    def detection(self, *, found_by_machine: bool, decided_by_machine: bool) -> str:
        if decided_by_machine:
            found = "由自动检测发现" if found_by_machine else "接到举报"
            return f"{found}，并依照事先设定的标准自动采取了措施。最终决定由工作人员作出。"
        if found_by_machine:
            return "自动检测将商品的文字和图片与权利人的资料比对后发现，并由工作人员核实后作出决定。"
        return "接到举报后，由工作人员核实商品和材料后作出决定。该决定并非自动作出。"

    def restriction(self, kind: str, since: datetime | None) -> tuple[str, str]:
        by = f"根据{self.moment(since)}（韩国时间）作出的决定，" if since else ""
        if kind == "interim_restriction":
            return (
                f"{by}临时限制该商品的销售。其他商品、店铺和结算不受影响。",
                "限制持续至最终决定作出为止，可随时解除。仅凭此项措施不会受到处罚或扣分。",
            )
        if kind == "upheld":
            return f"{by}确定停止该商品的销售。", "该措施没有期限。若申诉后决定变更，将恢复销售。"
        if kind in {"reinstated", "withdrawn"}:
            return f"{by}解除相应的销售限制。", "没有新的依据时，不会以相同理由再次限制。"
        return f"{by}结束审核。", "该决定不产生新的限制。"

    def correction(self, number: str) -> str:
        return f"本决定更正此前的决定{number}。"

    def listing_line(self, title: str, number: str) -> str:
        return f"{title}（商品编号{number}）"

    def clause_line(self, title: str, clause: str) -> str:
        return f"{title}：{clause}"

    def contest_restriction(self, periods: Periods) -> list[str]:
        return [
            f"说明：自通知送达之日起{periods.explanation}个工作日内可以提交说明，送达当日不计算在内。经申请可延长一次，"
            f"延长{periods.extension}个工作日。",
            "您可以提交证明商品为正品的材料（进口报关单、交易明细、税务发票等）、证明销售权限的材料，或者不构成侵权的意见。",
            f"收到说明后，我们将在{periods.decision}个工作日内作出决定。不会仅因未提交说明而认定为假冒商品。对最终决定可在"
            f"{periods.appeal_months}个月内申诉一次，由其他工作人员作出决定。",
            f"咨询：{periods.contact}",
        ]

    def contest_decision(self, periods: Periods) -> list[str]:
        return [
            f"申诉：自决定之日起{periods.appeal_months}个月内可以申诉一次，由其他工作人员从头重新审核。",
            f"咨询：{periods.contact}",
        ]

    def reasoning(self, kind: str, finding: str, offered: Offered) -> str:
        if kind == "interim_restriction":
            return "".join(_restricts(offered))
        if kind == "upheld":
            return "".join(_upholds(finding, offered))
        return _ENDINGS[kind, finding]


def _more(count: int) -> str:
    return f"，另有{count}处" if count else ""


def _goods(offered: Offered) -> str:
    return f"{offered.brand}品牌的假冒商品" if offered.brand else "假冒商品"


def _without_authority(offered: Offered) -> list[str]:
    if offered.is_authorised or not offered.brand:
        return []
    return [f"没有卖家销售{offered.brand}商品的权限已获确认的记录。"]


def _restricts(offered: Offered) -> list[str]:
    is_counterfeit = offered.ground_code in COUNTERFEIT_GROUNDS
    suspected = _goods(offered) if is_counterfeit else f"符合“{offered.ground_title}”事由"
    return [
        f"该商品涉嫌{'为' if is_counterfeit else ''}{suspected}。",
        *offered.facts,
        *_without_authority(offered),
        "因此，在查明事实之前，临时限制销售。",
    ]


def _upholds(finding: str, offered: Offered) -> list[str]:
    is_counterfeit = finding == "counterfeit_confirmed"
    found = f"确认为{_goods(offered)}" if is_counterfeit else f"确认构成“{offered.ground_title}”事由的侵权"
    return [
        f"该商品{found}。",
        *offered.facts,
        *_without_authority(offered),
        f"该行为违反“{offered.policy_title}”条款，因此确定停止销售。",
    ]


_UNCLEAR: Final = "仅凭已提交的材料，无法判断该商品是否侵犯权利。"
_NOT_GENUINE: Final = "但本决定并不表示已确认该商品为正品。"
_ENDINGS: Final = {
    ("reinstated", "not_infringing"): "经审核已提交的材料，不能认定该商品侵犯权利，因此解除销售限制。",
    ("reinstated", "inconclusive"): f"{_UNCLEAR}因未能确认侵权，解除销售限制。{_NOT_GENUINE}",
    ("dismissed", "not_infringing"): "经审核举报内容和商品，不能认定该商品侵犯权利，因此不采纳该举报。",
    ("dismissed", "inconclusive"): (
        f"{_UNCLEAR}因未能确认侵权，不采纳该举报。{_NOT_GENUINE}如有新的材料，可以再次举报。"
    ),
    ("returned", ""): "审核举报所需的条件不完备。本决定并未判断举报内容，您可以备齐必要材料后再次举报。",
    ("transferred", ""): "该举报的内容难以在此判断，因此移送法院或纠纷调解等适当的程序处理。",
    ("duplicate", ""): "针对同一商品已有内容相同的举报，因此一并处理。",
    ("withdrawn", ""): "举报人已撤回举报，因此不再审核并结案。",
    ("undone", ""): "在措施发出之前撤销此前的决定。",
}
